// An esbuild plugin: `import templates from 'geocairn:templates'` gives the templates of model pages,
// precompiled, so that browsers need neither nunjucks' compiler nor `eval`.

import { join } from 'node:path'

import nunjucks from 'nunjucks'

const NAMES = ['model-body.html', 'draw.html']

/** @param {string} folder Where the templates are. */
export function templates(folder) {
  const options = { autoescape: true, trimBlocks: true, lstripBlocks: true }
  return {
    name: 'templates',
    setup(build) {
      build.onResolve({ filter: /^geocairn:templates$/ }, ({ path }) => ({ path, namespace: 'made' }))
      build.onLoad({ filter: /.*/, namespace: 'made' }, () => {
        const env = new nunjucks.Environment(new nunjucks.FileSystemLoader(folder), options)
        env.addFilter('urlencode', String)
        const wrapper = ([{ name, template }]) =>
          `templates[${JSON.stringify(name)}] = (() => {\n${template}\n})()\n`
        const parts = NAMES.map((name) => nunjucks.precompile(join(folder, name), { name, env, wrapper }))
        return { contents: `const templates = {}\n${parts.join('')}export default templates\n` }
      })
    },
  }
}
