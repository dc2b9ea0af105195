import type { Way } from './way';

const ONLY_OURS = { result: 'opted out', ofFunction: 'nothing' } as const;
/** Of each: what Twilio sends, and what stands at Customer.io. */
const TWO_SPELLINGS = [
  ['+525512345678', '+5215512345678'],
  ['+5491123456789', '+541123456789'],
  ['+5511987654321', '+551187654321'],
] as const;

/** Whose profile it is at Customer.io. */
export const PEOPLE: readonly Way[] = [
  {
    way: 'two profiles have the number, one of them without an id',
    result: 'opted out',
    ofFunction: 'in part',
    people: (phone) => [{ id: `first of ${phone}`, attributes: { phone } }, { attributes: { phone } }],
    tell: (scene) => scene.text('STOP'),
  },
  {
    way: 'a profile that is created after the STOP and that a workflow reports',
    ...ONLY_OURS,
    people: () => [],
    async tell(scene) {
      await scene.text('STOP');
      await scene.settled();
      await scene.workflow(
        scene.addPerson({ id: `late ${scene.phone}`, attributes: { phone: scene.phone } }),
      );
    },
  },
  {
    way: 'a merge into a profile that said yes, and that a workflow reports',
    result: 'opted out',
    ofFunction: 'opted in',
    people: (phone) => [
      { id: `primary of ${phone}`, attributes: { sms_unsubscribe: false } },
      { id: `secondary of ${phone}`, attributes: { phone } },
    ],
    async tell(scene) {
      await scene.text('STOP');
      await scene.settled();
      const [cioId = ''] = [scene.world.system.sandbox, scene.world.ofFunction].map((sandbox) => {
        const workspace = sandbox.workspace();
        const both = workspace.people().filter(({ attributes }) => attributes.way === scene.way.way);
        const [primary = '', secondary = ''] = both.map((person) => person.cioId);
        workspace.mergePeople(primary, secondary);
        return primary;
      });
      await scene.workflow(cioId);
    },
  },
  {
    way: 'the number is stored in another spelling (Mexico, Argentina, Brazil)',
    ...ONLY_OURS,
    people: () => TWO_SPELLINGS.map(([sent, phone]) => ({ id: `person of ${sent}`, attributes: { phone } })),
    async tell(scene) {
      for (const [From] of TWO_SPELLINGS) await scene.text('STOP', { From });
    },
  },
  {
    way: 'the number is stored as "(415) 555-0123"',
    ...ONLY_OURS,
    people: (phone) => [
      {
        id: `person of ${phone}`,
        attributes: { phone: `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}` },
      },
    ],
    tell: (scene) => scene.text('STOP'),
  },
];
