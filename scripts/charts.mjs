// Bundles scripts/charts.js into public/echarts.js, without the parts of ECharts that two plain rings never use: texts in
// other languages, the dark theme (colours are ours), patterns instead of colours, and options as they were before version 4.
import { build } from 'esbuild'

/** Modules left out, and what stands for them. */
const unused = [
  [/\/langZH(\.js)?$/, 'export default {}'],
  [/\/theme\/dark(\.js)?$/, 'export default {}'],
  [/\/preprocessor\/backwardCompat(\.js)?$/, 'export default () => {}'],
  [/\/util\/decal(\.js)?$/, 'export const createOrUpdatePatternFromDecal = () => null'],
  [/\/cssAnimation(\.js)?$/, 'export const createCSSAnimation = () => {}'],
]
const leaveOut = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: /./ }, args => {
      const found = unused.findIndex(([name]) => name.test(args.path))
      return found < 0 ? undefined : { path: String(found), namespace: 'unused' }
    })
    build.onLoad({ filter: /./, namespace: 'unused' }, args => ({ contents: unused[Number(args.path)][1] }))
  },
}

await build({
  entryPoints: ['scripts/charts.js'],
  outfile: 'public/echarts.js',
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'echarts',
  legalComments: 'eof',
  plugins: [leaveOut],
})
