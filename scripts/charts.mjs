// Bundles scripts/charts.js into public/echarts.js, without the parts of ECharts that two plain rings never use: texts in
// other languages, the dark theme (colours are ours), patterns instead of colours, options as they were before version 4, labels
// and their lines (ours are HTML), the pointer (what is pointed at is ours to find), and the spinner of charts that wait for data.
import { build } from 'esbuild'

/** Modules left out, and what stands for them. */
const unused = [
  [/\/langZH(\.js)?$/, 'export default {}'],
  [/\/theme\/dark(\.js)?$/, 'export default {}'],
  [/\/preprocessor\/backwardCompat(\.js)?$/, 'export default () => {}'],
  [/\/util\/decal(\.js)?$/, 'export const createOrUpdatePatternFromDecal = () => null'],
  [/\/cssAnimation(\.js)?$/, 'export const createCSSAnimation = () => {}'],
  [/\/pie\/labelLayout(\.js)?$|^\.\/labelLayout(\.js)?$/, 'export default () => {}'],
  [/\/labelGuideHelper(\.js)?$/, 'export const setLabelLineStyle = () => {}, getLabelLineStatesModels = () => ({})'],
  [/\/installLabelLayout(\.js)?$/, 'export const installLabelLayout = () => {}'],
  [/\/dom\/HandlerProxy(\.js)?$/, 'export default class { on() {} setCursor() {} togglePointer() {} dispose() {} }'],
  [/\/mixin\/Draggable(\.js)?$/, 'export default class {}'],
  [/\/contain\/path(\.js)?$/, 'export const contain = () => false, containStroke = () => false'],
  [/\/loading\/default(\.js)?$/, 'export default () => null'],
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
