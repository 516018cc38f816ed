import './app/early';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/portal.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { begin } from './app/begin';

await begin();
createRoot(document.getElementById('root') as HTMLElement).render(<StrictMode><App /></StrictMode>);
