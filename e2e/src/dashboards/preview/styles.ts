import type { Theme } from './theme';

/** The style sheet of a picture. */
export const styles = (theme: Theme): string => `
  * { box-sizing: border-box; margin: 0; }
  body { background: ${theme.page}; color: ${theme.text}; font: 12px/1.4 "DejaVu Sans", sans-serif; }
  header { padding: 8px 12px; }
  header h1 { font-size: 19px; font-weight: 600; }
  header p { color: ${theme.muted}; }
  header b { color: ${theme.panel}; background: ${theme.orange}; border-radius: 3px; padding: 1px 6px; }
  section, h2 { position: absolute; overflow: hidden; }
  section { background: ${theme.panel}; border: 1px solid ${theme.border}; border-radius: 3px; padding: 4px 6px; }
  h2 { font-size: 14px; font-weight: 600; padding: 6px 4px; }
  h3 { font-size: 12px; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .stat { font-size: 27px; font-weight: 600; text-align: center; line-height: 84px; white-space: nowrap; }
  .none { color: ${theme.muted}; text-align: center; padding-top: 60px; }
  ul { list-style: none; padding: 0 4px; display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 11px; line-height: 15px; }
  li { color: ${theme.muted}; white-space: nowrap; }
  li b { color: ${theme.text}; font-weight: 600; }
  li i { display: inline-block; width: 10px; height: 3px; margin-right: 5px; vertical-align: middle; }
  .alert { display: flex; height: 22px; align-items: center; }
  .alert span { width: 190px; }
  .alert div { position: relative; flex: 1; height: 14px; background: ${theme.grid}; }
  .alert i { position: absolute; height: 14px; background: ${theme.red}; }
`;
