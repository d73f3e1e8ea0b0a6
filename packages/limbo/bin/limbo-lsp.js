#!/usr/bin/env node
import '../dist/bundle/lsp/main.js';
