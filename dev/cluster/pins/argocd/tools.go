//go:build tools

// Package tools names the command that the local cluster builds from github.com/argoproj/argo-cd.
package tools

import _ "github.com/argoproj/argo-cd/v3/cmd"
