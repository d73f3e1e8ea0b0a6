#!/usr/bin/env node
import '../dist/lsp/main.js';
