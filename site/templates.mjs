// An esbuild plugin: `import templates from 'geocairn:templates'` gives the templates of model pages,
// precompiled, so that browsers need neither nunjucks' compiler nor `eval`.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import nunjucks from 'nunjucks'

/** The parts of a model's page; its frame comes with the page. @param {string} folder */
function parts(folder) {
  const frames = ['model-client.html']
  const found = readdirSync(folder).filter((name) => /^(model-.*|draw)\.html$/.test(name))
  return found.filter((name) => !frames.includes(name)).sort()
}

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
        const made = parts(folder).map((name) => nunjucks.precompile(join(folder, name), { name, env, wrapper }))
        return { contents: `const templates = {}\n${made.join('')}export default templates\n` }
      })
    },
  }
}
