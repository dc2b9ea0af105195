const { options } = require('./.dependency-cruiser.cjs');

/**
 * A folder is a layer or a feature: imports between the folders of a workspace run one way. Tests and their helpers are left out, since a
 * test may use a whole service.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-circles-of-folders',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: '\\.test\\.ts$|/test-support/' } },
};
