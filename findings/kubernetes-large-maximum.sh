#!/usr/bin/env bash
# Kubernetes 1.34's validation of custom resources (kube-openapi at f3f2b991d03b): a large maximum refuses every whole number.
#
# A field of type number with "maximum: 1e19" takes 1.5 and refuses 1, with the words "should be less than or equal to
# -9223372036854775808": a whole number is compared as int64, and the bound is converted to int64, which has no room for
# 2^63 and more: on amd64 that gives the smallest of all. The definition itself is taken without a word, and up to 9e18
# bounds do what they say.
# One would guess that 1 is below 1e19 whichever way a number is written, and that 1 and 1.0 are one number of JSON.
#
# Seen on 2026-12-01 on linux/amd64, and the same words of kube-apiserver 1.34.4 for a field of a custom resource:
#   maximum 1e+18: 1 is taken, 1.5 is taken
#   maximum 1e+19: 1 is refused: value in body should be less than or equal to -9223372036854775808, 1.5 is taken
#
# Needs Go 1.24 or later, on amd64. Exits with another code than 0 if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >go.mod <<'END'
module large

go 1.24.0

require k8s.io/kube-openapi v0.0.0-20250710124328-f3f2b991d03b
END
cat >main.go <<'END'
package main

import (
	"fmt"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

func judged(schema *spec.Schema, value any) string {
	problems := validate.NewSchemaValidator(schema, nil, "value", strfmt.Default).Validate(value).Errors
	if len(problems) == 0 {
		return fmt.Sprint(value, " is taken")
	}
	return fmt.Sprint(value, " is refused: ", problems[0])
}

func main() {
	for _, most := range []float64{1e18, 1e19} {
		schema := &spec.Schema{SchemaProps: spec.SchemaProps{Type: []string{"number"}, Maximum: &most}}
		// JSON's 1 and 1.5 as Kubernetes decodes them
		fmt.Printf("maximum %g: %s, %s\n", most, judged(schema, int64(1)), judged(schema, 1.5))
	}
}
END
go mod tidy >tidy 2>&1 || { cat tidy; exit 1; }
go run . | tee seen

diff seen - <<'END'
maximum 1e+18: 1 is taken, 1.5 is taken
maximum 1e+19: 1 is refused: value in body should be less than or equal to -9223372036854775808, 1.5 is taken
END
