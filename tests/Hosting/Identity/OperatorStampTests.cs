using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;
using Who = Realtime.Hosting.Identity.Identity;

namespace Realtime.Tests.Hosting.Identity;

public sealed class OperatorStampTests
{
    private const string Target = "/internal/drain?deadline=30s&pace=200";

    private readonly ManualClock _clock = new();

    [Fact]
    public void It_is_op2_a_payload_of_six_members_and_a_mac()
    {
        string[] parts = Sample().Split('.');

        Assert.Equal(3, parts.Length);
        Assert.Equal("op2", parts[0]);
        Assert.Matches(
            $$"""^{"m":"POST","p":"/internal/drain\?deadline=30s&pace=200","w":"w1","e":"edge-1","i":{{Now()}},"""
                + "\"n\":\"[A-Za-z0-9_-]{12}\"}$",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])));
        byte[] mac = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes("A" + TestTokens.Key), Encoding.UTF8.GetBytes($"operator\n{parts[0]}.{parts[1]}"));
        Assert.Equal(Base64Url.EncodeToString(mac), parts[2]);
    }

    [Fact]
    public void It_opens_the_request_that_it_was_made_for_and_names_the_edge()
    {
        Assert.Equal(StampVerdict.Good, Stamp().Verify(Sample(), "POST", Target, "w1", out OperatorWord? word));
        Assert.Equal(("edge-1", _clock.GetUtcNow()), (word!.Edge, word.IssuedAt));
        Assert.NotEqual(Sample(), Sample());
    }

    [Theory]
    [InlineData("GET", Target)]
    [InlineData("post", Target)]
    [InlineData("POST", "/internal/drain?deadline=30s&pace=2000")]
    [InlineData("POST", "/internal/drain?deadline=30s")]
    [InlineData("POST", "/internal/drain")]
    [InlineData("POST", "/internal/undrain?deadline=30s&pace=200")]
    [InlineData("POST", "/internal/drain?pace=200&deadline=30s")]
    [InlineData("POST", "/INTERNAL/drain?deadline=30s&pace=200")]
    [InlineData("POST", "//internal/drain?deadline=30s&pace=200")]
    [InlineData("POST", "")]
    public void It_opens_no_other_request(string method, string target) =>
        Assert.False(IsGood(Sample(), method, target));

    [Fact]
    public void No_identity_is_an_operator_and_no_operator_an_identity()
    {
        var identities = new IdentityStamp(Options("A"), _clock);
        string identity = identities.Sign(new Who
        {
            Tenant = "acme",
            Subject = "u1",
            Grants = Grants.Parse("admin"),
            EdgeId = "edge-1",
            ExpiresAt = _clock.GetUtcNow() + TimeSpan.FromMinutes(1),
        });

        Assert.False(IsGood(identity, "POST", Target));
        Assert.False(identities.TryVerify(Sample(), out _));

        // Not by its form alone: a payload that an identity's MAC stands under is no operator's either.
        string text = Sample()[..Sample().LastIndexOf('.')];
        byte[] mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes("A" + TestTokens.Key), Encoding.UTF8.GetBytes(text));
        Assert.False(IsGood($"{text}.{Base64Url.EncodeToString(mac)}", "POST", Target));
    }

    [Fact]
    public void A_stamp_changed_or_cut_at_any_byte_is_refused()
    {
        string stamp = Sample();
        for (int i = 0; i < stamp.Length; i++)
        {
            foreach (char other in (ReadOnlySpan<char>)['A', 'B', '.', ' ', '=', '\u0141'])
            {
                if (stamp[i] != other)
                {
                    string changed = string.Concat(stamp.AsSpan(0, i), [other], stamp.AsSpan(i + 1));
                    Assert.False(IsGood(changed, "POST", Target), $"changed at {i} to {other}");
                }
            }

            Assert.False(IsGood(stamp[..i], "POST", Target), $"cut at {i}");
        }

        Assert.False(IsGood(stamp + "A", "POST", Target));
        Assert.True(IsGood(stamp, "POST", Target));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("op2.")]
    [InlineData("op2..")]
    [InlineData("op1.e30.AA")]
    [InlineData("v1.e30.AA")]
    [InlineData("garbage")]
    public void What_is_no_stamp_is_refused(string? stamp) =>
        Assert.False(IsGood(stamp, "POST", Target));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":"/x","e":"edge-1"}""")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":"/x","e":"edge-1","i":"1"}""")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":"/x","e":"edge-1","i":9223372036854775807}""")]
    [InlineData("""{"w":"w1","n":"x","m":1,"p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":"w1","n":"x","m":null,"p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":["/x"],"e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":"w2","n":"x","m":"POST","p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":["w1"],"n":"x","m":"POST","p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"n":"x","m":"POST","p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":"w1","m":"POST","p":"/x","e":"edge-1","i":NOW}""")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":"/x","e":null,"i":NOW}""")]
    [InlineData("""{"w":"w1","n":"x","m":"POST","p":"/x","e":"no name\n","i":NOW}""")]
    public void A_payload_that_is_wrong_in_form_is_refused_though_it_is_signed(string payload)
    {
        Assert.False(IsGood(SignAsIs(payload), "POST", "/x"));
        Assert.True(
            IsGood(SignAsIs("""{"w":"w1","n":"x","m":"POST","p":"/x","e":"edge-1","i":NOW}"""), "POST", "/x"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(35_000, true)]
    [InlineData(35_001, false)]
    [InlineData(-5_000, true)]
    [InlineData(-5_001, false)]
    public void A_stamp_lives_thirty_seconds_and_clocks_may_differ_by_five(int milliseconds, bool expected)
    {
        string stamp = Sample();
        _clock.JumpBy(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(
            expected ? StampVerdict.Good : StampVerdict.Untimely, Stamp().Verify(stamp, "POST", Target, "w1", out _));

        // What is wrong besides is never a matter of clocks.
        Assert.Equal(StampVerdict.Wrong, Stamp().Verify(stamp, "POST", Target, "w2", out _));
        Assert.Equal(StampVerdict.Wrong, Stamp("B").Verify(stamp, "POST", Target, "w1", out _));
    }

    [Fact]
    public void It_is_made_for_the_clock_of_who_reads_it()
    {
        string stamp = Stamp().Sign("POST", Target, "w1", "edge-1", TimeSpan.FromMinutes(7));
        Assert.Equal(StampVerdict.Untimely, Stamp().Verify(stamp, "POST", Target, "w1", out _));
        _clock.JumpBy(TimeSpan.FromMinutes(7));
        Assert.True(IsGood(stamp, "POST", Target));
    }

    [Fact]
    public void Keys_rotate_as_those_of_identities_do()
    {
        Assert.True(IsGood(Stamp("B").Sign("GET", "/x", "w1", "e1"), "GET", "/x", by: ["A", "B"]));
        Assert.False(IsGood(Stamp("A", "B").Sign("GET", "/x", "w1", "e1"), "GET", "/x", by: ["B"]));
    }

    [Fact]
    public void The_longest_request_fits_and_a_longer_one_is_not_signed()
    {
        string longest = "/" + new string('"', OperatorStamp.TargetLengthMax - 1);
        string stamp = Stamp().Sign("DISCONNECT", longest, "w1", new string('e', 128));

        Assert.InRange(stamp.Length, 1, OperatorStamp.LengthMax);
        Assert.True(IsGood(stamp, "DISCONNECT", longest));
        Assert.Throws<ArgumentException>(() => Stamp().Sign("GET", longest + "a", "w1", "e1"));
        Assert.Throws<ArgumentException>(() => Stamp().Sign("GET", "/x", "w1", "no name"));
        Assert.Throws<ArgumentException>(() => Stamp().Sign("GET", "/x", "no name", "e1"));
        Assert.Throws<ArgumentException>(() => Stamp().Sign("GET", "/\u4e2d", "w1", "e1"));
        Assert.Throws<ArgumentException>(() => Stamp().Sign("", "/x", "w1", "e1"));
    }

    private static string SignAsIs(string payload, long now)
    {
        string text = "op2." + Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(payload.Replace("NOW", $"{now}", StringComparison.Ordinal)));
        byte[] mac = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes("A" + TestTokens.Key), Encoding.UTF8.GetBytes("operator\n" + text));
        return $"{text}.{Base64Url.EncodeToString(mac)}";
    }

    private string SignAsIs(string payload) => SignAsIs(payload, Now());

    private bool IsGood(string? stamp, string method, string target, params string[] by) =>
        Stamp(by).Verify(stamp, method, target, "w1", out OperatorWord? word) == StampVerdict.Good && word is not null;

    private string Sample() => Stamp().Sign("POST", Target, "w1", "edge-1");

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private OperatorStamp Stamp(params string[] keys) => new(Options(keys.Length == 0 ? ["A"] : keys), _clock);

    private static IdentityStampOptions Options(params string[] keys) => new()
    {
        InternalKeys = [.. keys.Select(key => key + TestTokens.Key)],
    };
}
