/// What the demo business knows.
enum DevDocuments {
    struct Document: Sendable {
        var id: String
        var title: String
        var content: String
    }

    static let all = [
        Document(
            id: "demo-shipping", title: "Shipping and delivery",
            content: """
                # Shipping and delivery

                Standard shipping takes three to five working days and costs 4.90 euros. Orders above 60 euros ship \
                free of charge.

                Express shipping arrives on the next working day if you order before 2 pm, and costs 12.90 euros.

                We deliver to all countries of the European Union, to Norway, Switzerland and the United Kingdom. \
                Outside the European Union, customs duties may apply; the customer pays them on delivery.

                As soon as your parcel leaves our warehouse you receive an e-mail with a tracking number. Tracking \
                information appears within 24 hours.
                """),
        Document(
            id: "demo-returns", title: "Returns and refunds",
            content: """
                # Returns and refunds

                You can return unused items within 30 days of delivery. Returns are free within the European Union: \
                print the return label from your account and hand the parcel in at any post office.

                Refunds arrive on the original payment method within five working days after we receive the parcel.

                Items that were worn, washed or altered cannot be returned. Sale items can be exchanged, but not \
                refunded.

                To exchange an item for another size, choose "exchange" when you print the return label; we send the \
                other size at once.
                """),
        Document(
            id: "demo-opening-hours", title: "Opening hours and contact",
            content: """
                # Opening hours and contact

                Our shop at 12 Harbour Street is open Monday to Friday from 9 am to 6 pm and on Saturdays from 10 am \
                to 4 pm. We are closed on Sundays and public holidays.

                Customer service answers the telephone at +1 555 010 0101 on weekdays from 8 am to 8 pm, and e-mail \
                at help@northwind.example within one working day.

                There is free parking behind the building, and bus line 7 stops in front of the shop.
                """),
        Document(
            id: "demo-warranty", title: "Warranty and repairs",
            content: """
                # Warranty and repairs

                All tents, backpacks and sleeping bags carry a warranty of five years against faults in material and \
                workmanship. Shoes and clothing carry two years.

                For a warranty claim send us a photo of the fault and the order number. We repair or replace the item \
                free of charge.

                Outside the warranty our workshop repairs zips, seams and tent poles at cost price: most repairs cost \
                between 10 and 35 euros and take about ten days.
                """),
        Document(
            id: "demo-payment", title: "Payment and gift cards",
            content: """
                # Payment and gift cards

                You can pay by credit card, PayPal, bank transfer or on account. With payment on account the invoice is \
                due 14 days after delivery.

                Gift cards are available from 10 to 250 euros, are sent by e-mail, and are valid for three years.

                Discount codes are entered in the shopping basket. One code can be used for each order.
                """),
    ]
}
