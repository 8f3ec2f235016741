// Whether an address is reached by a proxy, as Go's golang.org/x/net/http/httpproxy says for NO_PROXY.
//
// In an empty module: go get golang.org/x/net@v0.62.0 && go run no_proxy.go > no-proxy.tsv
package main

import (
	"fmt"
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

var lists = []string{
	"", "*", "example.com", ".example.com", "*.example.com", "EXAMPLE.com", " example.com , other.org ",
	"example.com:443", "example.com:8443", ".svc,.cluster.local,10.0.0.0/8", "10.1.2.3", "10.1.2.3:9000",
	"10.0.0.0/8", "10.1.2.0/23", "172.16.0.0/12,192.168.0.0/16", "fd00::/8", "2001:db8::1", "[2001:db8::1]:9000",
	"2001:db8::/32", "ample.com", "com", ",,", "example.com,*", "0.0.0.0/0", "10.1.2.3/33", "10.0.0.0/x", "::ffff:10.1.2.3",
	"http://example.com", "example.com/", "*example.com", "e*.com", "1.2.3.999",
}

var addresses = []string{
	"https://example.com/a", "http://example.com:8080/", "https://www.example.com:8443/", "https://deep.www.example.com/",
	"https://notexample.com/", "https://minio.storage.svc:9000/", "http://mlflow.ml.svc.cluster.local:5000/",
	"https://10.1.2.3/", "https://10.1.2.3:9000/", "http://10.1.3.4/", "https://172.20.0.1/", "https://[2001:db8::1]:9000/",
	"https://[fd12::5]/", "https://localhost:8443/", "http://127.0.0.1:9000/", "https://[::1]/", "https://EXAMPLE.COM/",
}

func main() {
	for _, list := range lists {
		proxy := (&httpproxy.Config{HTTPProxy: "http://proxy:3128", HTTPSProxy: "http://proxy:3128", NoProxy: list}).ProxyFunc()
		for _, address := range addresses {
			asked, err := url.Parse(address)
			if err != nil {
				panic(err)
			}
			found, err := proxy(asked)
			if err != nil {
				panic(err)
			}
			fmt.Printf("%s\t%s\t%t\n", list, address, found != nil)
		}
	}
}
