// The whole extension: it starts the language server and tells it where the interfaces are.
// biome-ignore lint/correctness/noUndeclaredDependencies: the editor provides it
const { workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = () => {
  const settings = workspace.getConfiguration('limbo');
  client = new LanguageClient(
    'limbo',
    'Limbo',
    { command: settings.get('server'), args: ['--stdio'] },
    {
      documentSelector: [{ scheme: 'file', language: 'limbo' }],
      initializationOptions: { include: settings.get('include') },
    },
  );
  return client.start();
};

exports.deactivate = () => client?.stop();
