import { Cloud } from './cloud.js';
import { serve } from './server.js';

const { PORT = '7410', API_TOKEN = 'open-sesame', SETTLE_MS = '2000' } = process.env;
const { url, close } = await serve(new Cloud(API_TOKEN, Number(SETTLE_MS)), Number(PORT));
console.log(`the imaginary cloud listens at ${url}; its API token is ${API_TOKEN}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
