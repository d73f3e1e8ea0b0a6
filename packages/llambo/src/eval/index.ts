export { datasetNames, evalFolder, loadSet } from './datasets.ts';
export type { EvalItem, EvalSet } from './item.ts';
export { reportJson, reportMarkdown, reportText, riskPicture } from './render.ts';
export { type EvalOptions, type EvalReport, evaluate } from './run.ts';
