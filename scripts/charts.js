// The parts of ECharts that the planner draws with, bundled into public/echarts.js by `npm run charts`.
export { init, use } from 'echarts/core'
import { use } from 'echarts/core'
import { PieChart } from 'echarts/charts'
import { SVGRenderer } from 'echarts/renderers'

use([PieChart, SVGRenderer])
