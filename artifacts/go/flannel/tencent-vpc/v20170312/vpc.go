// Package v20170312 stands in for the Tencent Cloud SDK of the same path, of which flannel's backend for that cloud needs
// a part: testbeds have none of that cloud, and the SDK's module is not to be had everywhere. Each call fails.
package v20170312

import "errors"

var errLeftOut = errors.New("flannel's backend for Tencent Cloud was left out of this build")

type Filter struct {
	Name   *string
	Values []*string
}

type Route struct {
	DestinationCidrBlock *string
	Enabled              *bool
	GatewayId            *string
	GatewayType          *string
	RouteId              *uint64
	RouteType            *string
}

type RouteTable struct {
	RouteSet     []*Route
	RouteTableId *string
}

type RouteTables struct {
	RouteTableSet []*RouteTable
}

type DescribeRouteTablesRequest struct {
	Filters []*Filter
}

type DescribeRouteTablesResponse struct {
	Response *RouteTables
}

// RoutesRequest is what creating and deleting routes have in common.
type RoutesRequest struct {
	RouteTableId *string
	Routes       []*Route
}

type Client struct{}

func NewClientWithSecretId(_, _, _ string) (*Client, error) { return &Client{}, nil }

func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}

func NewCreateRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

func NewDeleteRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, errLeftOut
}

func (*Client) CreateRoutes(*RoutesRequest) (*RoutesRequest, error) { return nil, errLeftOut }

func (*Client) DeleteRoutes(*RoutesRequest) (*RoutesRequest, error) { return nil, errLeftOut }
