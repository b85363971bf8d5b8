import { readFile, writeFile } from 'node:fs/promises';
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
        if (fileName === 'index.html') {
          continue; // the server writes the base address into it
        }
        const bytes = await readFile(join(dir, fileName));
        await writeFile(join(dir, `${fileName}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        await writeFile(join(dir, `${fileName}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  root: 'src',
  base: './',
  plugins: [react(), tailwind(), compressed()],
  build: {
    outDir: process.env['PAGE_OUT'] ?? '../target/page',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Inlined files would be data: addresses, which the page's security policy allows for images only.
    assetsInlineLimit: 0,
    rollupOptions: { output: { entryFileNames: 'assets/[name]-[hash].js', chunkFileNames: 'assets/[name]-[hash].js' } },
  },
  server: { proxy: { '/api': process.env['MILLRACE_API'] ?? 'http://127.0.0.1:8080' } },
});
