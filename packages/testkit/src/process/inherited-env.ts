const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** What a child needs of our environment to run at all, without our settings or secrets. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    KEPT.filter((name) => name in process.env).map((name) => [name, process.env[name]]),
  );
}
