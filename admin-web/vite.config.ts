import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, constants } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Puts each file beside itself in Brotli and gzip, so that the server compresses nothing. Reads what was written: until then Vite still changes it. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    enforce: 'post',
    async writeBundle({ dir = '' }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        if (fileName.endsWith('.html')) {
          continue; // the server writes addresses into it
        }
        const bytes = await readFile(join(dir, fileName));
        await writeFile(join(dir, `${fileName}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 1_000_000 ? 9 : 11 } }));
        await writeFile(join(dir, `${fileName}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Puts the images that a library has inside its styles into files: the page's security policy allows files of its own only. */
function imagesInFiles(): Plugin {
  const folder = join(import.meta.dirname, 'target', 'images');
  return {
    name: 'images-in-files',
    enforce: 'pre',
    async transform(code, id) {
      if (!id.endsWith('/swagger-ui.css')) {
        return null;
      }
      await mkdir(folder, { recursive: true });
      const names = new Map<string, string>();
      const changed = code.replace(/url\("data:image\/svg\+xml;charset=utf-8,((?:\\.|[^"\\])*)"\)/g, (_, text: string) => {
        const image = decodeURIComponent(text.replace(/\\(.)/g, '$1'));
        const name = names.get(image) ?? join(folder, `image-${names.size}.svg`);
        names.set(image, name);
        return `url("${name}")`;
      });
      await Promise.all([...names].map(([image, name]) => writeFile(name, image)));
      // Grids for the library's own developers.
      return { code: changed.replace(/url\(data:[^)]*\)/g, 'none'), map: null };
    },
  };
}

// The description's document is built by itself (--mode docs): what it shares with the page would be cut out of the script that the page loads first.
export default defineConfig(({ mode }) => ({
  root: 'src',
  base: './',
  plugins: [imagesInFiles(), react(), tailwind(), compressed()],
  build: {
    outDir: process.env['PAGE_OUT'] ?? '../target/page',
    emptyOutDir: mode !== 'docs',
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: mode === 'docs' ? 2_000 : 500,
    // Inlined files would be data: addresses, which the page's security policy allows for images only.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: join(import.meta.dirname, 'src', mode === 'docs' ? 'docs.html' : 'index.html'),
      output: { entryFileNames: 'assets/[name]-[hash].js', chunkFileNames: 'assets/[name]-[hash].js' },
    },
  },
  server: { proxy: { '/api': process.env['MILLRACE_API'] ?? 'http://127.0.0.1:8080' } },
}));
