using System.Text.Json;
using Realtime.Client;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Chaos.Checking;

// Leases: of who lives, and of who is never heard of again.
public partial class CheckerTests
{
    [Fact]
    public void A_lease_that_ran_out_must_be_told_once()
    {
        string lost = EventKey.OfLost("runner-7");
        _ledger.Expecting(lost, "a1", Status);
        Assert.StartsWith("lost: lost/runner-7", Assert.Single(LogChecks.Check(_ledger, _history)));

        InHistory(lost, Status, Id1);
        Assert.Empty(LogChecks.Check(_ledger, _history));
        InHistory(lost, Status, Id2);
        Assert.Contains(LogChecks.Check(_ledger, _history), wrong => wrong.StartsWith("stored twice"));
    }

    [Fact]
    public void A_lease_of_who_lives_that_ran_out_is_told()
    {
        InHistory(EventKey.OfLost("producer-1"), Status, Id1);

        Assert.StartsWith("nobody sent lost/producer-1", Assert.Single(LogChecks.Check(_ledger, _history)));
    }

    [Theory]
    [InlineData(LeaseKind.Agent)]
    [InlineData(LeaseKind.Task)]
    public void What_the_log_says_of_a_lost_holder_is_known_by_the_holder(LeaseKind kind)
    {
        var lease = new Lease(
            new LeaseKey("acme", kind, "x"), new ProducerClaim("runner-7", 1), TimeSpan.FromSeconds(9));
        Assert.True(EnvelopeCodec.TryRead(LostLease.EventOf(lease).Envelope, out EventEnvelope? told));
        using var payload = JsonDocument.Parse(MessagePackJson.ToJson(told!.Payload.Span));
        using var other = JsonDocument.Parse("""{"status":"lost","reason":"asked","holder":"runner-7"}""");

        Assert.Equal("lost/runner-7", EventKey.Of(payload.RootElement));
        Assert.Null(EventKey.Of(other.RootElement));
    }

    [Fact]
    public void A_holder_that_lives_and_is_told_that_it_is_lost_is_told()
    {
        var loss = new RealtimeException("lease_lost", "Nobody renewed it.", retry: false);

        Assert.Null(LeaseChecks.OfHolder("producer-1", null));
        Assert.StartsWith("producer-1 lives, and was told", LeaseChecks.OfHolder("producer-1", loss));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(null, false)]
    [InlineData(0, false)]
    public void A_lost_task_whose_terminal_goes_on_is_told(int? exitCode, bool isGood) => Assert.Equal(
        isGood, LeaseChecks.OfLostTask("t1", exitCode) is null);
}
