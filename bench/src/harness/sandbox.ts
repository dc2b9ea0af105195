import { join } from 'node:path';
import {
  connectSandboxControl,
  type SandboxControl,
  type WorkspaceInfo,
} from '@optout-sync/customerio-sandbox';
import { phoneOf } from '../load/twilio-requests';
import { startProgram, type Program } from '../process/program';

const SANDBOX = join(__dirname, '../../../packages/customerio-sandbox/dist/main.js');
const PEOPLE_PER_CALL = 2_000;

/** The Customer.io sandbox in its own process. */
export interface Sandbox extends Program {
  readonly url: string;
  /** The credentials of the default workspace. */
  readonly access: WorkspaceInfo;
  readonly control: SandboxControl;
  /** Adds a person for each of `count` phones from `phoneOf(first)` on, by default to the default workspace. */
  addPeople(first: number, count: number, workspace?: string): Promise<void>;
}

export async function startSandbox(cores: string | undefined, flags: readonly string[]): Promise<Sandbox> {
  const urlOf = (port: number): string => `http://127.0.0.1:${String(port)}`;
  const program = await startProgram({
    name: 'sandbox',
    file: SANDBOX,
    args: (port) => ['--port', String(port), ...flags],
    cores,
    env: () => ({}),
    isReady: async (port) => (await connectSandboxControl(urlOf(port)).workspaces()).length > 0,
  });
  const url = urlOf(program.port);
  const control = connectSandboxControl(url);
  const [access] = await control.workspaces();
  if (!access) throw new Error('the sandbox has no workspace');
  return {
    ...program,
    url,
    access,
    control,
    async addPeople(first, count, workspace) {
      for (let at = 0; at < count; at += PEOPLE_PER_CALL) {
        const some = Array.from({ length: Math.min(PEOPLE_PER_CALL, count - at) }, (_, index) => ({
          id: `person-${String(first + at + index)}`,
          attributes: { phone: phoneOf(first + at + index) },
        }));
        await control.workspace(workspace).addPeople(some);
      }
    },
  };
}
