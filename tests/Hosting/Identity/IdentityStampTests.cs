using Realtime.Hosting.Identity;
using Realtime.Tests.Support;
using Who = Realtime.Hosting.Identity.Identity;

namespace Realtime.Tests.Hosting.Identity;

public sealed class IdentityStampTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_stamp_carries_the_whole_identity()
    {
        Who identity = Sample();

        Assert.True(Stamp().TryVerify(Stamp().Sign(identity), out Who? read));
        Assert.Equal(identity with { Grants = read.Grants }, read);
        Assert.Equal(identity.Grants.Scope, read.Grants.Scope);
    }

    [Fact]
    public void What_an_identity_lacks_it_lacks_behind_the_stamp()
    {
        Who identity = Sample() with { TokenId = null, IssuedAt = null, EdgeId = null, ConnectionId = null };
        identity = identity with { Grants = Grants.None };

        Assert.True(Stamp().TryVerify(Stamp().Sign(identity), out Who? read));
        Assert.Equal(identity with { Grants = read.Grants }, read);
    }

    [Fact]
    public void The_largest_identity_fits()
    {
        string name = new('a', 124);
        string scope = string.Join(' ', Enumerable.Range(0, 29).Select(i => $"read:agents/{i:d3}{name}"));
        Who identity = Sample() with
        {
            Tenant = new string('t', 128),
            Subject = new string('\u4e2d', 256),
            TokenId = new string('"', 256),
            Grants = Grants.Parse(scope),
        };

        string stamp = Stamp().Sign(identity);

        Assert.InRange(stamp.Length, 1, IdentityStamp.LengthMax);
        Assert.True(Stamp().TryVerify(stamp, out _));
    }

    [Fact]
    public void A_stamp_changed_or_cut_at_any_byte_is_refused()
    {
        string stamp = Stamp().Sign(Sample());
        for (int i = 0; i < stamp.Length; i++)
        {
            foreach (char other in (ReadOnlySpan<char>)['A', 'B', '.', ' ', '=', '\u0141'])
            {
                if (stamp[i] != other)
                {
                    string changed = string.Concat(stamp.AsSpan(0, i), [other], stamp.AsSpan(i + 1));
                    Assert.False(Stamp().TryVerify(changed, out _), $"changed at {i} to {other}");
                }
            }

            Assert.False(Stamp().TryVerify(stamp[..i], out _), $"cut at {i}");
        }

        Assert.False(Stamp().TryVerify(stamp + "A", out _));
        Assert.True(Stamp().TryVerify(stamp, out _));
    }

    [Fact]
    public void The_unused_bits_of_the_last_character_count_too()
    {
        // 32 bytes leave two bits of the 43rd character unused: four texts decode to the same bytes.
        string stamp = Stamp().Sign(Sample());
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

        Assert.Single(Alphabet, last => Stamp().TryVerify(stamp[..^1] + last, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1.")]
    [InlineData("v1..")]
    [InlineData("v2.e30.AA")]
    [InlineData("garbage")]
    public void What_is_no_stamp_is_refused(string? stamp) => Assert.False(Stamp().TryVerify(stamp, out _));

    [Theory]
    [InlineData(0, true)]
    [InlineData(35_000, true)]
    [InlineData(35_001, false)]
    [InlineData(-5_000, true)]
    [InlineData(-5_001, false)]
    public void A_stamp_lives_thirty_seconds_and_clocks_may_differ_by_five(int milliseconds, bool expected)
    {
        string stamp = Stamp().Sign(Sample());
        _clock.JumpBy(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(expected, Stamp().TryVerify(stamp, out _));
        Assert.Equal(expected ? StampVerdict.Good : StampVerdict.Untimely, Stamp().Verify(stamp, out _));

        // One that no edge signed is wrong whatever the clocks show.
        Assert.Equal(StampVerdict.Wrong, Stamp("B").Verify(stamp, out _));
    }

    [Fact]
    public void It_is_made_for_the_clock_of_who_reads_it_the_tokens_end_too()
    {
        Who identity = Sample();
        string stamp = Stamp().Sign(identity, TimeSpan.FromMinutes(-7));
        Assert.Equal(StampVerdict.Untimely, Stamp().Verify(stamp, out _));
        _clock.JumpBy(TimeSpan.FromMinutes(-7));

        Assert.True(Stamp().TryVerify(stamp, out Who? read));
        Assert.Equal(identity.ExpiresAt - TimeSpan.FromMinutes(7), read.ExpiresAt);
        Assert.Equal(identity.IssuedAt, read.IssuedAt);
    }

    [Fact]
    public void Keys_rotate_without_a_moment_of_refusal()
    {
        IdentityStamp old = Stamp("A");
        IdentityStamp known = Stamp("A", "B");
        IdentityStamp preferred = Stamp("B", "A");
        IdentityStamp rotated = Stamp("B");

        Assert.True(known.TryVerify(old.Sign(Sample()), out _));
        Assert.True(old.TryVerify(known.Sign(Sample()), out _));
        Assert.True(known.TryVerify(preferred.Sign(Sample()), out _));
        Assert.True(preferred.TryVerify(known.Sign(Sample()), out _));
        Assert.True(rotated.TryVerify(preferred.Sign(Sample()), out _));
        Assert.False(rotated.TryVerify(old.Sign(Sample()), out _));
        Assert.False(old.TryVerify(rotated.Sign(Sample()), out _));
    }

    private IdentityStamp Stamp(params string[] keys) => new(
        new IdentityStampOptions
        {
            InternalKeys = [.. (keys.Length == 0 ? ["A"] : keys).Select(key => key + TestTokens.Key)],
        },
        _clock);

    private Who Sample() => new()
    {
        Tenant = "acme",
        Subject = "u1 \"é\"",
        Grants = Grants.Parse("read:agents/a* publish:* admin"),
        TokenId = "t-1",
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds() - 60),
        ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds() + 60),
        EdgeId = "edge-1",
        ConnectionId = "c-42",
    };
}
