package model

import "github.com/service-tracking/sts/internal/report"

// AnnualData are the five items of one year.
type AnnualData struct {
	*report.Annual
	OrdersIssued           *AnnualFigure
	OrdersNotPickedUp      *AnnualFigure
	ServedByMethod         *AnnualFigure
	PolicePresenceRequests *AnnualFigure
	EndedUnserved          *AnnualFigure
}

// Place is where the item stands.
func (a *AnnualData) Place(item report.Item) **AnnualFigure {
	switch item {
	case report.OrdersIssued:
		return &a.OrdersIssued
	case report.OrdersNotPickedUp:
		return &a.OrdersNotPickedUp
	case report.ServedByMethod:
		return &a.ServedByMethod
	case report.PolicePresenceRequests:
		return &a.PolicePresenceRequests
	case report.EndedUnserved:
		return &a.EndedUnserved
	}
	return nil
}

// AnnualFigure is one item, with the cases behind it for those who may see them.
type AnnualFigure struct {
	*report.Figure
	Cases *RegistryCaseConnection
}
