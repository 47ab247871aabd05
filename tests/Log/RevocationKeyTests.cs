using Realtime.Log.Revocations;

namespace Realtime.Tests.Log;

/// <summary>Whom a revocation is about, as one text; and which tokens it refuses.</summary>
public sealed class RevocationKeyTests
{
    private static readonly DateTimeOffset Ordered = DateTimeOffset.FromUnixTimeMilliseconds(1_795_230_320_698);

    [Theory]
    [InlineData("t:acme/", RevocationKind.Tenant, "")]
    [InlineData("s:acme/ann", RevocationKind.Subject, "ann")]
    [InlineData("s:acme/a/b:c/", RevocationKind.Subject, "a/b:c/")]
    [InlineData("j:a.b:c/7f3a", RevocationKind.Token, "7f3a")]
    public void It_is_read_as_it_is_written(string text, RevocationKind kind, string name)
    {
        Assert.True(RevocationKey.TryParse(text, out RevocationKey? key));
        Assert.Equal((kind, name), (key.Value.Kind, key.Value.Name));
        Assert.Equal(text, key.Value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("t:acme")]
    [InlineData("x:acme/")]
    [InlineData("/t:acme")]
    [InlineData("tt:acme/")]
    public void What_is_none_is_not_read(string text) => Assert.False(RevocationKey.TryParse(text, out _));

    [Theory]
    [InlineData(RevocationKind.Subject, -1, true)]
    [InlineData(RevocationKind.Subject, 0, true)]
    [InlineData(RevocationKind.Subject, 1, false)]
    [InlineData(RevocationKind.Tenant, 0, true)]
    [InlineData(RevocationKind.Tenant, 1, false)]
    [InlineData(RevocationKind.Token, 1, true)]
    public void Tokens_issued_up_to_the_order_are_refused_and_one_by_its_id_always(
        RevocationKind kind, int afterMs, bool refused)
    {
        var revocation = new Revocation
        {
            Key = new RevocationKey("acme", kind, "x"),
            RevokedAtMs = Ordered.ToUnixTimeMilliseconds(),
            UntilMs = long.MaxValue,
        };
        Assert.Equal(refused, revocation.Refuses(Ordered.AddMilliseconds(afterMs)));
        Assert.True(revocation.Refuses(issuedAt: null));
    }
}
