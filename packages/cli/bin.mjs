#!/usr/bin/env node

// `npx optout-sync` runs this once packages are installed, and the root's own script before: both are the same.
import '../../scripts/optout-sync.mjs';
