using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Hosting.Identity;
using Realtime.Log.Revocations;
using Realtime.Protocol;
using Realtime.Tests.Workers.Delivery;
using Realtime.Workers.Connections;
using Realtime.Workers.Revocations;

namespace Realtime.Tests.Workers.Revocations;

/// <summary>A fresh token that is revoked between its look-up and the moment in which the connection goes on with it:
/// the order found the old one there.</summary>
public sealed class RevokedMeanwhileTests
{
    [Fact]
    public async Task A_token_that_is_revoked_while_it_is_taken_ends_the_connection()
    {
        await using var fixture = new DeliveryFixture();
        await using Viewer viewer = fixture.Open();
        var clock = new WatchedClock();
        var revocations = new RevocationSet(new RevocationOptions(), clock);

        // One that is over makes the set ask for the time, behind its look at the tenant: there the order comes.
        Add(RevocationKey.OfSubject(DeliveryFixture.Tenant, "viewer"), until: DateTimeOffset.UnixEpoch);
        clock.Asked = () =>
        {
            clock.Asked = null;
            Add(RevocationKey.OfTenant(DeliveryFixture.Tenant), until: DateTimeOffset.MaxValue);
        };
        var renewals = new TokenRenewals(
            new TokenVerifier(
                new AuthOptions { SigningKey = DeliveryFixture.SigningKey }, TimeProvider.System),
            revocations, new RevocationMetrics(fixture.Meters, revocations), new ConnectionOptions(),
            new ConnectionMetrics(fixture.Meters), TimeProvider.System, NullLogger<TokenRenewals>.Instance);
        string token = new TokenMinter(DeliveryFixture.SigningKey, TimeProvider.System)
            .Mint(DeliveryFixture.Tenant, "viewer", "read:*", TimeSpan.FromHours(1));

        RenewalOutcome outcome = await renewals.RenewAsync(
            viewer.Connection.Held, viewer.Connection.Outbox, token, CancellationToken.None);

        Assert.Null(clock.Asked);
        Assert.Equal(default, outcome);
        Assert.Equal((CloseCode.Unauthorized, "token_revoked"), viewer.Connection.Outbox.PeekClose());
        Assert.False(viewer.Connection.Held.TryEnd(_ => true), "it is over");

        void Add(RevocationKey key, DateTimeOffset until) => Assert.True(revocations.TryAdd(new Revocation
        {
            Key = key,
            RevokedAtMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            UntilMs = until.ToUnixTimeMilliseconds(),
        }));
    }

    /// <summary>Says when it is asked for the time.</summary>
    private sealed class WatchedClock : TimeProvider
    {
        public Action? Asked { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            Asked?.Invoke();
            return base.GetUtcNow();
        }
    }
}
