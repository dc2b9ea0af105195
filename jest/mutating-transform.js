const { createHash } = require('node:crypto');
const { relative } = require('node:path');
const { createTransformer } = require('@swc/jest').default ?? require('@swc/jest');
const { ROOT } = require('./workspaces');

/**
 * Compiles as @swc/jest does, after applying the mutations of the environment variable MUTATIONS: a JSON array of
 * `{ path, find, replace }`, where `path` is relative to the root and `find` the source of a regular expression.
 */
const mutations = JSON.parse(process.env.MUTATIONS ?? '[]');
const key = createHash('sha256').update(JSON.stringify(mutations)).digest('hex');

function mutate(source, path) {
  return mutations
    .filter((mutation) => mutation.path === relative(ROOT, path))
    .reduce((text, { find, replace }) => text.replace(new RegExp(find), replace), source);
}

module.exports = {
  createTransformer(options) {
    const swc = createTransformer(options);
    return {
      ...swc,
      process: (source, path, context) => swc.process(mutate(source, path), path, context),
      getCacheKey: (source, ...others) => key + swc.getCacheKey(source, ...others),
    };
  },
};
