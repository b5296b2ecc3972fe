#!/bin/sh
# Makes the certificates of the tests anew: `sh make.sh` in this folder, with OpenSSL 3.
set -eu
VALID='-startdate 20200101000000Z -enddate 21200101000000Z'
EXPIRED='-startdate 20200101000000Z -enddate 20210101000000Z'
LOOPBACK='subjectAltName=DNS:localhost,IP:127.0.0.1'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

touch "$work/index"
cat > "$work/config" <<END
[ca]
default_ca = test
[test]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
END

sign() { # name, common name, extension, validity, signer's options
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key.pem"
  openssl req -new -config "$work/config" -key "$1.key.pem" -subj "/CN=$2" -out "$work/request"
  echo "$3" > "$work/extension"
  openssl ca -batch -notext -config "$work/config" $5 -in "$work/request" -extfile "$work/extension" $4 -out "$1.pem"
}

BY_ITSELF='-selfsign -keyfile'
BY_CA='-cert ca.pem -keyfile ca.key.pem'
sign ca 'Test CA' 'basicConstraints=critical,CA:true' "$VALID" "$BY_ITSELF ca.key.pem"
sign self-signed localhost "$LOOPBACK" "$VALID" "$BY_ITSELF self-signed.key.pem"
sign server localhost "$LOOPBACK" "$VALID" "$BY_CA"
sign elsewhere elsewhere.test 'subjectAltName=DNS:elsewhere.test' "$VALID" "$BY_CA"
sign expired localhost "$LOOPBACK" "$EXPIRED" "$BY_CA"
sign client client 'extendedKeyUsage=clientAuth' "$VALID" "$BY_CA"
rm ca.key.pem
