import { neverThrowing } from './never-throwing';

describe('neverThrowing', () => {
  it('reports events, and hides that reporting one failed', () => {
    const accepted = jest.fn();
    const refused = jest.fn(() => {
      throw new Error('unknown label');
    });
    const telemetry = neverThrowing({ accepted, refused });
    telemetry.accepted('messages', 1);
    expect(() => {
      telemetry.refused();
    }).not.toThrow();
    expect(accepted).toHaveBeenCalledWith('messages', 1);
    expect(refused).toHaveBeenCalledTimes(1);
  });
});
