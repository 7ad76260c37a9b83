// SPDX-License-Identifier: Apache-2.0

package pumice

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// request is what Run asks Testcontainers for.
func request(t *testing.T, opts ...testcontainers.ContainerCustomizer) testcontainers.GenericContainerRequest {
	t.Helper()
	var req testcontainers.GenericContainerRequest
	for _, opt := range customizers(opts) {
		if err := opt.Customize(&req); err != nil {
			t.Fatal(err)
		}
	}
	return req
}

func TestStartsTheServerOfEitherImageOnItsPort(t *testing.T) {
	req := request(t)
	if !slices.Equal(req.Entrypoint, []string{"/usr/local/bin/pumice"}) {
		t.Errorf("entry point %q", req.Entrypoint)
	}
	if !slices.Equal(req.ExposedPorts, []string{"8000/tcp"}) {
		t.Errorf("exposed ports %q", req.ExposedPorts)
	}
}

func TestKeepsDataInMemoryUnlessFlagsNameAFolder(t *testing.T) {
	for _, test := range []struct{ flags, command []string }{
		{nil, []string{"-inMemory"}},
		{[]string{"-sharedDb", "--throttle"}, []string{"-sharedDb", "--throttle", "-inMemory"}},
		{[]string{"-inMemory", "-sharedDb"}, []string{"-inMemory", "-sharedDb"}},
		{[]string{"-dbPath", "/data"}, []string{"-dbPath", "/data"}},
	} {
		if got := request(t, WithFlags(test.flags...)).Cmd; !slices.Equal(got, test.command) {
			t.Errorf("%q: command %q, not %q", test.flags, got, test.command)
		}
	}
}

func TestLetsTheCallerChangeTheRequest(t *testing.T) {
	req := request(t, testcontainers.WithEnv(map[string]string{"PUMICE_LOG_LEVEL": "debug"}),
		testcontainers.WithWaitStrategy(wait.ForExposedPort()))
	if req.Env["PUMICE_LOG_LEVEL"] != "debug" {
		t.Errorf("environment %q", req.Env)
	}
	if strings.Contains(req.WaitingFor.(interface{ String() string }).String(), readyLine) {
		t.Errorf("waits for %v", req.WaitingFor)
	}
}

// process is the server itself in place of a container: what the engine would say of it, without an engine.
type process struct {
	testcontainers.Container
	mutex sync.Mutex
	log   strings.Builder
	ended chan struct{}
}

func (p *process) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.Write(text)
}

func (p *process) printed() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.log.String()
}

func (p *process) Logs(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(p.printed())), nil
}

func (p *process) State(context.Context) (*container.State, error) {
	select {
	case <-p.ended:
		return &container.State{Status: "exited"}, nil
	default:
		return &container.State{Status: "running", Running: true}, nil
	}
}

func (p *process) PortEndpoint(_ context.Context, port, scheme string) (string, error) {
	if port != "8000/tcp" {
		return "", errors.New("no such port: " + port)
	}
	return scheme + "://127.0.0.1:" + regexp.MustCompile(`Port:\t(\d+)`).FindStringSubmatch(p.printed())[1], nil
}

// start runs the command of the request; of the two ports the first counts for a container, a free one here.
func start(t *testing.T, command ...string) *process {
	t.Helper()
	binary := os.Getenv("PUMICE_BINARY")
	if binary == "" {
		t.Skip("PUMICE_BINARY names no server")
	}
	p := &process{ended: make(chan struct{})}
	server := exec.Command(binary, append(command, "-port", "0", "--stop-with-stdin")...)
	server.Stdout = p
	stdin, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = server.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		<-p.ended
	})
	return p
}

func TestWaitsUntilTheServerListens(t *testing.T) {
	req := request(t)
	server := start(t, req.Cmd...)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := req.WaitingFor.WaitUntilReady(ctx, server); err != nil {
		t.Fatal(err)
	}
	c := &Container{Container: server}
	url, err := c.EndpointURL(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if answer := get(t, url); !strings.HasPrefix(answer, "healthy: dynamodb.") {
		t.Errorf("GET / answers %q", answer)
	}
	environment, err := c.Environment(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if expected := map[string]string{
		"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": url,
		"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "pumice", "AWS_SECRET_ACCESS_KEY": "pumice",
	}; !maps.Equal(environment, expected) {
		t.Errorf("environment %q", environment)
	}
}

// A server that ends at once is told, not waited for.
func TestSaysThatTheServerHasEnded(t *testing.T) {
	server := start(t, "-shareDb")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := request(t).WaitingFor.WaitUntilReady(ctx, server)
	if err == nil || !strings.Contains(err.Error(), "container exited") {
		t.Errorf("error %v", err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
