import { render } from 'preact';
import './style/base.css';

render(<h1>Codman</h1>, document.getElementById('app')!);
