// SPDX-License-Identifier: Apache-2.0

// Package pumice is a Testcontainers module for Pumice, a local DynamoDB server.
package pumice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const (
	port       = "8000/tcp"
	entrypoint = "/usr/local/bin/pumice" // in both images, pumice and pumice:dropin
	// Starts the last line of what the server prints once its socket listens.
	readyLine = "CorsParams:"
)

// Container is a running server. Terminate it; should the test run be killed, Testcontainers' reaper does.
type Container struct {
	testcontainers.Container
}

// Run starts a container of img, which is pumice or pumice:dropin in any registry, and returns when it answers. Data is
// in memory unless flags name a folder. Like testcontainers.Run it may return a container together with an error, so
// that its log can be read; testcontainers.TerminateContainer takes nil as well.
func Run(ctx context.Context, img string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	container, err := testcontainers.Run(ctx, img, customizers(opts)...)
	if err != nil {
		err = fmt.Errorf("run pumice: %w", err)
	}
	if container == nil {
		return nil, err
	}
	return &Container{Container: container}, err
}

// WithFlags adds flags to the server's command line, e.g. "-sharedDb" or "--throttle".
func WithFlags(flags ...string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithCmdArgs(flags...)
}

// EndpointURL is what a client on this machine connects to.
func (c *Container) EndpointURL(ctx context.Context) (string, error) {
	url, err := c.PortEndpoint(ctx, port, "http")
	if err != nil {
		return "", fmt.Errorf("endpoint of pumice: %w", err)
	}
	return url, nil
}

// Region for a client; the server takes any.
func (c *Container) Region() string { return "us-east-1" }

// AccessKey for a client; the server takes any, and without -sharedDb each has a database of its own.
func (c *Container) AccessKey() string { return "pumice" }

// SecretKey for a client; the server takes any.
func (c *Container) SecretKey() string { return "pumice" }

// Environment is what a child process needs for its AWS SDK to find the server.
func (c *Container) Environment(ctx context.Context) (map[string]string, error) {
	url, err := c.EndpointURL(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB":         url,
		"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url,
		"AWS_REGION":                        c.Region(),
		"AWS_DEFAULT_REGION":                c.Region(),
		"AWS_ACCESS_KEY_ID":                 c.AccessKey(),
		"AWS_SECRET_ACCESS_KEY":             c.SecretKey(),
	}, nil
}

// customizers puts the caller's between what they may change and what follows from them.
func customizers(callers []testcontainers.ContainerCustomizer) []testcontainers.ContainerCustomizer {
	all := []testcontainers.ContainerCustomizer{
		testcontainers.WithEntrypoint(entrypoint),
		testcontainers.WithExposedPorts(port),
		testcontainers.WithWaitStrategy(wait.ForLog(readyLine).WithPollInterval(10 * time.Millisecond)),
	}
	return append(append(all, callers...), inMemoryUnlessToldOtherwise())
}

func inMemoryUnlessToldOtherwise() testcontainers.CustomizeRequestOption {
	return func(req *testcontainers.GenericContainerRequest) error {
		for _, flag := range []string{"-inMemory", "--inMemory", "-dbPath", "--dbPath"} {
			if slices.Contains(req.Cmd, flag) {
				return nil
			}
		}
		return testcontainers.WithCmdArgs("-inMemory")(req)
	}
}
