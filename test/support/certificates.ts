import { readFileSync } from 'node:fs'

export type CertificateName = 'server' | 'elsewhere' | 'expired' | 'client' | 'self-signed'

/** PEM text of the authority that has signed all certificates but the self-signed one. */
export const CA: string = readPem('ca.pem')

export function certificate(name: CertificateName): { cert: string; key: string } {
  return { cert: readPem(`${name}.pem`), key: readPem(`${name}.key.pem`) }
}

function readPem(file: string): string {
  return readFileSync(new URL(`certificates/${file}`, import.meta.url), 'utf8')
}
