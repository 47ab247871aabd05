using Realtime.Hosting.Identity;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Tests.Hosting.Identity;

public sealed class GrantsTests
{
    private static readonly EventEnvelope Sample = new()
    {
        Channel = Channel.Budget,
        Type = "budget.used",
        Agent = "a1",
        Task = "t1",
        Project = "p1",
        Payload = new byte[] { 0xc0 },
    };

    [Theory]
    [InlineData("publish:*", true)]
    [InlineData("publish:agents/a1", true)]
    [InlineData("publish:agents/a*", true)]
    [InlineData("publish:agents/*", true)]
    [InlineData("publish:agents/a2 publish:agents/a1", true)]
    [InlineData("publish:agents/a2 publish:tasks/t1", true)]
    [InlineData("publish:tasks/t1", true)]
    [InlineData("publish:projects/p1", true)]
    [InlineData("publish:channels/budget", true)]
    [InlineData("publish:channels/b*", true)]
    [InlineData("publish:channels/*", true)]
    [InlineData("", false)]
    [InlineData("read:*", false)]
    [InlineData("admin", false)]
    [InlineData("publish:agents/a", false)]
    [InlineData("publish:agents/a11", false)]
    [InlineData("publish:agents/A1", false)]
    [InlineData("publish:tasks/a1", false)]
    [InlineData("publish:channels/agents", false)]
    [InlineData("publish:channels/x*", false)]
    [InlineData("publish:terminal/*", false)]
    [InlineData("publish:**", false)]
    [InlineData("publish:agents/**", false)]
    [InlineData("publish:agents/", false)]
    [InlineData("publish:agents", false)]
    [InlineData("publish:/*", false)]
    [InlineData("publish", false)]
    [InlineData("Publish:*", false)]
    [InlineData("xpublish:*", false)]
    [InlineData("publish:agents/a1/x", false)]
    [InlineData("publish:agents/a1\tpublish:*", false)]
    public void An_event_is_published_if_a_grant_covers_it(string scope, bool expected) =>
        Assert.Equal(expected, Grants.Parse(scope).MayPublish(Sample));

    [Theory]
    [InlineData("read:*", true, false)]
    [InlineData("publish:*", false, true)]
    [InlineData("read:terminal/t1", true, false)]
    [InlineData("read:terminal/t*", true, false)]
    [InlineData("publish:terminal/*", false, true)]
    [InlineData("read:terminal/t2", false, false)]
    [InlineData("read:tasks/t1 publish:tasks/t1", false, false)]
    [InlineData("admin", false, false)]
    public void Terminals_have_grants_of_their_own(string scope, bool mayRead, bool mayPublish)
    {
        Grants grants = Grants.Parse(scope);

        Assert.Equal((mayRead, mayPublish), (grants.MayReadTerminal("t1"), grants.MayPublishTerminal("t1")));
    }

    [Fact]
    public void An_event_without_a_name_is_not_covered_by_patterns_for_it() =>
        Assert.False(Grants.Parse("publish:agents/*").MayPublish(Sample with { Agent = null }));

    [Theory]
    [InlineData("openid  email read:* offline_access read:* read:agents/ admin", "read:* admin")]
    [InlineData(" read:agents/a1 ", "read:agents/a1")]
    [InlineData("openid", "")]
    public void A_scope_is_normalised_to_what_means_something_here(string scope, string expected) =>
        Assert.Equal(expected, Grants.Parse(scope).Scope);

    [Theory]
    [InlineData("admin", true)]
    [InlineData("read:* admin", true)]
    [InlineData("read:*", false)]
    [InlineData("admins", false)]
    [InlineData("admin:*", false)]
    public void Admin_is_a_word_of_its_own(string scope, bool expected) =>
        Assert.Equal(expected, Grants.Parse(scope).IsAdmin);

    [Fact]
    public void A_scope_has_sixty_four_grants_and_four_kibibytes_at_most()
    {
        string grants = string.Join(' ', Enumerable.Range(0, 64).Select(i => $"read:agents/a{i}"));

        Assert.True(Grants.TryParse(grants + " openid email", out _));
        Assert.False(Grants.TryParse(grants + " read:*", out _));
        Assert.True(Grants.TryParse(new string('x', 4_096), out _));
        Assert.False(Grants.TryParse(new string('x', 4_097), out _));
        Assert.Throws<FormatException>(() => Grants.Parse(new string('x', 4_097)));
    }

    [Fact]
    public void A_filter_is_narrowed_to_each_kind_of_grant()
    {
        var wanted = new EventFilter { Agents = [Pattern("a*")] };

        Assert.Equal(
            [
                new EventFilter { Agents = [Pattern("a1"), Pattern("ab*")] },
                new EventFilter { Agents = [Pattern("a*")], Projects = [Pattern("p1")] },
                new EventFilter { Agents = [Pattern("a*")], Channels = default(ChannelSet).With(Channel.Budget) },
            ],
            Grants.Parse("read:agents/a1 read:agents/ab* read:agents/b read:projects/p1 read:channels/budget")
                .NarrowRead(wanted).AsEnumerable());
    }

    [Theory]
    [InlineData("read:*")]
    [InlineData("read:agents/b1 read:channels/*")]
    [InlineData("read:agents/a*")]
    public void A_filter_that_is_granted_whole_stays_as_it_is(string scope)
    {
        var wanted = new EventFilter { Agents = [Pattern("a1")] };

        Assert.Equal([wanted], Grants.Parse(scope).NarrowRead(wanted).AsEnumerable());
    }

    [Theory]
    [InlineData("")]
    [InlineData("publish:*")]
    [InlineData("read:terminal/*")]
    [InlineData("read:agents/b*")]
    [InlineData("read:channels/x*")]
    public void Nothing_is_left_of_a_filter_that_is_not_granted(string scope) =>
        Assert.Empty(Grants.Parse(scope).NarrowRead(new EventFilter { Agents = [Pattern("a1")] }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_narrowed_filter_matches_just_what_is_wanted_and_granted(int seed)
    {
        var random = new Random(seed);
        int seen = 0;
        for (int round = 0; round < 3_000; round++)
        {
            string scope = string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => RandomGrant(random)));
            EventFilter wanted = RandomFilter(random);
            EventEnvelope envelope = RandomEvent(random);
            bool narrowed = Grants.Parse(scope).NarrowRead(wanted).Any(filter => filter.Matches(envelope));

            // Publishing is judged by the same words: an independent answer to what the words cover.
            Grants publishing = Grants.Parse(scope.Replace("read:", "publish:", StringComparison.Ordinal));
            bool granted = publishing.MayPublish(envelope);
            Assert.True(
                narrowed == (granted && wanted.Matches(envelope)),
                $"seed {seed}, round {round}: {scope} {wanted} {envelope}");
            seen += narrowed ? 1 : 0;
        }

        Assert.InRange(seen, 50, 2_950);
    }

    private static string RandomGrant(Random random)
    {
        string[] kinds = ["agents", "tasks", "projects", "channels", "terminal"];
        string kind = kinds[random.Next(kinds.Length)];
        string[] channels = ["agents", "budget", "b*", "*"];
        string pattern = kind == "channels" ? channels[random.Next(channels.Length)] : RandomPattern(random).ToString();
        return random.Next(12) == 0 ? "read:*" : $"read:{kind}/{pattern}";
    }

    private static EventFilter RandomFilter(Random random) => new()
    {
        Channels = random.Next(2) == 0
            ? ChannelSet.All
            : default(ChannelSet).With(Channel.Agents).With((Channel)random.Next(1, 8)),
        Agents = [.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomPattern(random))],
        Tasks = [.. Enumerable.Range(0, random.Next(2)).Select(_ => RandomPattern(random))],
        Projects = [.. Enumerable.Range(0, random.Next(2)).Select(_ => RandomPattern(random))],
    };

    private static EventEnvelope RandomEvent(Random random) => Sample with
    {
        Channel = random.Next(2) == 0 ? Channel.Agents : (Channel)random.Next(1, 8),
        Agent = RandomName(random),
        Task = RandomName(random),
        Project = RandomName(random),
    };

    private static string? RandomName(Random random) =>
        random.Next(5) == 0 ? null : new[] { "a", "a1", "a12", "b", "b1" }[random.Next(5)];

    private static NamePattern RandomPattern(Random random) =>
        Pattern(new[] { "a", "a1", "a*", "a1*", "*", "b", "b*" }[random.Next(7)]);

    private static NamePattern Pattern(string text) =>
        NamePattern.TryParse(text, out NamePattern pattern) ? pattern : throw new ArgumentException(text);
}
