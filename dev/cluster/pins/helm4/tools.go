//go:build tools

// Package tools names the command that the local cluster builds from helm.sh/helm.
package tools

import _ "helm.sh/helm/v4/cmd/helm"
