import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { nativeError } from '../errors.ts';

/** The versions of llama.cpp whose header the layouts in abi.ts were read from. */
export const SUPPORTED_RELEASES: readonly string[] = ['v0.5.0', 'v0.4.0'];

/** The shared libraries of one llama.cpp build, as a platform package carries them. */
export interface NativeLibrary {
  /** npm package that they come from. */
  readonly packageName: string;
  /** llama.cpp release tag, such as `v0.5.0`. */
  readonly release: string;
  readonly directory: string;
  readonly llama: string;
  readonly ggml: string;
}

/** Platform packages that can serve this machine, best first: GPU builds count only where the user has installed them. */
export function candidatePackages(
  platform: string = process.platform,
  arch: string = process.arch,
): string[] {
  const os = platform === 'darwin' ? 'mac' : platform === 'win32' ? 'win' : platform;
  const names =
    os === 'mac'
      ? arch === 'arm64'
        ? ['mac-arm64-metal']
        : ['mac-x64']
      : [`${os}-${arch}-cuda`, `${os}-${arch}-vulkan`, `${os}-${arch}`];
  return names.map((name) => `@node-llama-cpp/${name}`);
}

/**
 * Finds the libraries. `LLAMBO_LLAMA_PACKAGE` names one package and rules out the others (to force a CPU build on a
 * machine that has CUDA, say).
 *
 * @throws LlamaError `native` when no package for this platform is installed or its release is not supported
 */
export function findLibrary(): NativeLibrary {
  const forced = process.env.LLAMBO_LLAMA_PACKAGE;
  const names = forced ? [forced] : candidatePackages();
  const tried: string[] = [];
  for (const name of names) {
    const directory = packageBinaries(name);
    if (directory === undefined) {
      tried.push(name);
      continue;
    }
    return describe(name, directory);
  }
  throw nativeError(
    `no llama.cpp build for ${process.platform} ${process.arch} is installed (tried ${tried.join(', ')}); run npm install`,
  );
}

function packageBinaries(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const base of require.resolve.paths(name) ?? []) {
    const bins = join(base, name, 'bins');
    if (!existsSync(bins)) continue;
    const [only] = readdirSync(bins);
    if (only !== undefined) return join(bins, only);
  }
  return undefined;
}

function describe(packageName: string, directory: string): NativeLibrary {
  const files = readdirSync(directory);
  const find = (stem: string): string => {
    const pattern = new RegExp(
      `^(lib)?${stem}(\\.[a-z0-9]+)?\\.v[0-9.]+\\.(so|dylib|dll)$|^(lib)?${stem}\\.(so|dylib|dll)$`,
    );
    const file = files.find((candidate) => pattern.test(candidate));
    if (file === undefined) throw nativeError(`${packageName} holds no ${stem} library in ${directory}`);
    return join(directory, file);
  };
  const metadata = files.includes('_nlcBuildMetadata.json')
    ? (JSON.parse(readFileSync(join(directory, '_nlcBuildMetadata.json'), 'utf8')) as {
        buildOptions?: { llamaCpp?: { release?: string } };
      })
    : {};
  const release = metadata.buildOptions?.llamaCpp?.release ?? 'unknown';
  if (!SUPPORTED_RELEASES.includes(release)) {
    throw nativeError(
      `${packageName} carries llama.cpp ${release}, but the bindings know ${SUPPORTED_RELEASES.join(' and ')}; install the version that package.json pins`,
    );
  }
  return {
    packageName,
    release,
    directory: dirname(join(directory, 'x')),
    llama: find('llama'),
    ggml: find('ggml'),
  };
}
