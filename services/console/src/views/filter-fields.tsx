import { Notice } from './notice';

/** A field of the filter of a list. Its value is in the URL of the page. */
interface Field {
  readonly name: string;
  readonly label: string;
  readonly query: URLSearchParams;
}

export const Choice = ({
  name,
  label,
  query,
  options,
}: Field & { readonly options: readonly (readonly [value: string, text: string])[] }) => (
  <label>
    {label}
    <select name={name}>
      {options.map(([value, text]) => (
        <option value={value} selected={query.get(name) === value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

export const Text = ({ name, label, query, placeholder }: Field & { readonly placeholder: string }) => (
  <label>
    {label}
    <input
      name={name}
      value={query.get(name) ?? ''}
      placeholder={placeholder}
      maxLength={255}
      autocomplete="off"
    />
  </label>
);

export const Tick = ({ name, label, query }: Field) => (
  <label class="tick">
    <input type="checkbox" name={name} value="1" checked={query.get(name) === '1'} />
    {label}
  </label>
);

/** The workspace, where there are several. */
export const WorkspaceChoice = ({
  query,
  workspaces,
}: {
  readonly query: URLSearchParams;
  readonly workspaces: readonly string[];
}) =>
  workspaces.length > 1 ? (
    <Choice
      name="workspace"
      label="Workspace"
      query={query}
      options={[['', 'all'], ...workspaces.map((name) => [name, name] as const)]}
    />
  ) : null;

/** What is wrong with the filter, if anything is. */
export const FilterProblem = ({
  problem,
}: {
  readonly problem: { readonly code: string; readonly message: string } | undefined;
}) =>
  problem ? (
    <Notice tone="bad">
      <code>{problem.code}</code>: {problem.message}
    </Notice>
  ) : null;
