// Run in a package before it is built: a file whose source is gone would otherwise stay and could be taken for the new one.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
