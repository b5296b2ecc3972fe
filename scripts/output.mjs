/** How every file of dist/ is written. */
export const OUTPUT = {
  bundle: true,
  format: 'esm',
  target: 'node20.19',
  // Every program that is traced reads these bytes at its start, and they are half of the package.
  minify: true,
  // Node.js shows the line that throws: a wrong option is no reason for all of the file.
  lineLimit: 480,
  // For the coverage of src/. They are not packed, and a file that names one which is not there makes debuggers look for it.
  sourcemap: process.argv.includes('--source-maps') && 'linked',
  logLevel: 'warning',
}
