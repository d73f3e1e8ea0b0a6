import type { Option } from '../spec.ts';

export const addr: Option = {
  name: 'addr',
  value: 'ADDR',
  summary: 'the cluster: HOST:PORT or URL of its gateway, or a dial string such as tcp!host!5640',
};

export const json: Option = { name: 'json', summary: 'print JSON' };

export const GROUPS = {
  talk: 'Talk to it',
  cluster: 'Run a cluster',
  nodes: 'Steer nodes',
  watch: 'Look at it',
  models: 'Models and programs',
  tools: 'This machine',
} as const;
