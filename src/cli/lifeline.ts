import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

// Imported before a program that `processes.ts` starts: descriptor 3 is a pipe whose other end the starter holds.
// Ends the program in order once the starter is gone, however that went (SIGKILL, a closed terminal).
if (isMainThread) new Socket({ fd: 3, readable: true, writable: false }).on('error', () => undefined).once('close', () => process.kill(process.pid, 'SIGTERM')).resume().unref();
