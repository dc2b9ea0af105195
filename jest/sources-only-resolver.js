const { join, relative, sep } = require('node:path');
const { ROOT } = require('./workspaces');

/** The built files of our workspaces, relative to the root. */
const BUILT = /^(packages|services)\/[^/]+\/dist\/|^(e2e|faults|bench)\/dist\//;

/**
 * Jest's resolver, except that a built file of ours resolves to a module that throws: a test that loads `dist/` would pass
 * or fail by the last build. An error here would not be shown, since Jest replaces it by "Cannot find module". Processes
 * that a test starts do run the build; they do not load modules through Jest.
 */
module.exports = function resolve(request, options) {
  const path = options.defaultResolver(request, options);
  return BUILT.test(relative(ROOT, path).split(sep).join('/')) ? join(__dirname, 'built-module.js') : path;
};
