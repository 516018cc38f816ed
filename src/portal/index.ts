/** What starts the server may use of the portal. */
export { servePortal } from './pages.js';
