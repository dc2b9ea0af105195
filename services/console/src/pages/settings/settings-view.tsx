import { Table } from '../../views/table';
import type { Setting } from './read-settings';

/** What this console was started with. */
export const SettingsView = ({
  settings,
  version,
  warnings,
  file,
}: {
  readonly settings: readonly Setting[];
  readonly version: string;
  readonly warnings: readonly string[];
  /** The path of the configuration file, where there is one. */
  readonly file: string | undefined;
}) => (
  <section>
    <p>
      The settings of this console, release {version}. Other processes may have others:{' '}
      <code>optout-sync config check</code> reads all.
    </p>
    {file !== undefined && (
      <p>
        Where <code>{file}</code> has a section, it counts in place of the variables of that section.
      </p>
    )}
    {warnings.length > 0 && (
      <ul>
        {warnings.map((warning) => (
          <li>{warning}</li>
        ))}
      </ul>
    )}
    <Table
      caption="Settings"
      empty="None."
      rows={settings}
      columns={[
        { heading: 'setting', cell: ({ name }) => <code>{name}</code> },
        { heading: 'value', cell: ({ value }) => value ?? <span class="unset">not set</span> },
        { heading: 'from', cell: ({ source }) => source },
        { heading: 'meaning', cell: ({ meaning }) => <small>{meaning}</small> },
      ]}
    />
  </section>
);
