import { render } from 'preact';
import '@preact/signals';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/views.css';
import { stayConnected } from './api/live.ts';
import { followRoster } from './api/nodes.ts';
import { App } from './app.tsx';

render(<App />, document.getElementById('app') as HTMLElement);
followRoster();
void stayConnected();
