using System.Text;
using Realtime.Hosting.Problems;
using Realtime.Tests.Support;
using Realtime.Workers.Tickets;
using Xunit.Abstractions;

namespace Realtime.Tests.Workers.Tickets;

/// <summary>Damaged tickets, and damaged bodies about them: read, or refused by their rule.</summary>
public sealed class TicketFuzzTests(ITestOutputHelper output)
{
    private static readonly byte[] Good = Encoding.UTF8.GetBytes(
        """{"scope":"read:agents/a1 publish:*","origin":"https://app.example.org","lifetime_ms":30000,"x":[{}]}""");

    private static readonly string[] Places = ["", "/scope", "/origin", "/lifetime_ms"];

    [Fact]
    public void A_damaged_wish_is_read_or_refused_by_its_place() => Fuzzing.Run(output, random =>
    {
        byte[] body = Mutation.Of(Good, random);
        var errors = new List<ProblemError>();

        var wanted = TicketRequest.Read(body, errors);

        Assert.All(errors, error => Assert.Contains(error.Where, Places));
        Assert.True(wanted.Origin is null || TicketRequest.IsOrigin(wanted.Origin));
        Assert.True(wanted.Lifetime is null
            || (wanted.Lifetime >= TicketOptions.LifetimeMin && wanted.Lifetime <= TicketOptions.LifetimeMax));
    });

    [Fact]
    public void A_damaged_ticket_is_none_unless_it_has_the_form_of_one() => Fuzzing.Run(output, random =>
    {
        string text = Encoding.Latin1.GetString(Mutation.Of(Encoding.Latin1.GetBytes(Ticket.Create()), random));

        if (Ticket.IsRight(text))
        {
            Assert.Matches("^tk_[A-Za-z0-9_-]{43}$", text);
        }
    });
}
