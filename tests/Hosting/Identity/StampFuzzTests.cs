using System.Buffers.Text;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;
using Xunit.Abstractions;
using Who = Realtime.Hosting.Identity.Identity;

namespace Realtime.Tests.Hosting.Identity;

/// <summary>Time-boxed damage to stamps, outside and under the signature, and to scopes.</summary>
public sealed class StampFuzzTests(ITestOutputHelper output)
{
    private const string Target = "/internal/status?x=%20";

    private static readonly IdentityStampOptions Options = new() { InternalKeys = [TestTokens.Key] };

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_damaged_stamp_is_never_good()
    {
        var identity = new IdentityStamp(Options, _clock);
        var operators = new OperatorStamp(Options, _clock);
        string one = identity.Sign(Sample());
        string order = operators.Sign("GET", Target, "w1", "e1");
        Assert.True(identity.TryVerify(one, out _));
        Fuzzing.Run(output, random =>
        {
            string damaged = Damaged(one, random);
            Assert.Equal(damaged == one, identity.TryVerify(damaged, out _));
            damaged = Damaged(order, random);
            StampVerdict verdict = operators.Verify(damaged, "GET", Target, "w1", out OperatorWord? word);
            Assert.Equal(damaged == order, verdict == StampVerdict.Good);
            Assert.Equal(word is not null, verdict == StampVerdict.Good);
        });
    }

    [Fact]
    public void What_is_damaged_and_signed_is_never_more_than_refused()
    {
        var identity = new IdentityStamp(Options, _clock);
        var operators = new OperatorStamp(Options, _clock);
        string one = PayloadOf(identity.Sign(Sample()));
        string order = PayloadOf(operators.Sign("GET", Target, "w1", "e1"));
        int good = 0;
        Fuzzing.Run(output, random =>
        {
            if (identity.TryVerify(Signed("v1.", Damaged(one, random), ""), out Who? read))
            {
                Assert.NotEmpty(read.Tenant);
                good++;
            }

            string stamp = Signed("op2.", Damaged(order, random), "operator\n");
            StampVerdict verdict = operators.Verify(stamp, "GET", Target, "w1", out OperatorWord? word);
            Assert.Equal(word is not null, verdict == StampVerdict.Good);
            good += word is null ? 0 : 1;
        });
        output.WriteLine($"{good} were still right.");
    }

    [Fact]
    public void A_damaged_scope_gives_grants_within_the_limits_and_reads_alike_again()
    {
        string valid = "read:* publish:agents/a* read:terminal/t1 other admin read:channels/agents";
        Fuzzing.Run(output, random =>
        {
            if (Grants.TryParse(Damaged(valid, random), out Grants? grants))
            {
                Assert.True(Grants.TryParse(grants.Scope, out Grants? again));
                Assert.Equal(grants.Scope, again.Scope);
            }
        });
    }

    private static string Damaged(string valid, Random random) =>
        Encoding.Latin1.GetString(Mutation.Of(Encoding.Latin1.GetBytes(valid), random));

    private static string PayloadOf(string stamp) =>
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(stamp.Split('.')[1]));

    private static string Signed(string version, string payload, string domain)
    {
        string text = version + Base64Url.EncodeToString(Encoding.Latin1.GetBytes(payload));
        return $"{text}.{new StampKeys(new InternalKeys(Options), domain).Sign(text)}";
    }

    private Who Sample() => new()
    {
        Tenant = "acme",
        Subject = "ann",
        Grants = Grants.Parse("read:* publish:agents/a1"),
        TokenId = "t-1",
        ExpiresAt = _clock.GetUtcNow().AddHours(1),
        IssuedAt = _clock.GetUtcNow(),
        EdgeId = "e1",
        ConnectionId = "c1",
    };
}
