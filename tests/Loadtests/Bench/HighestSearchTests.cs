using Realtime.Loadtests.Bench;

namespace Realtime.Tests.Loadtests.Bench;

public class HighestSearchTests
{
    private readonly List<int> _tried = [];

    [Fact]
    public async Task It_doubles_until_a_load_is_not_carried_then_halves_what_is_between()
    {
        (int carried, int? notCarried) = await SearchAsync(100, most: 530);

        Assert.Equal([100, 200, 400, 800, 600, 500, 550], _tried);
        Assert.Equal((500, 550), (carried, notCarried));
    }

    [Fact]
    public async Task Where_not_even_the_first_is_carried_that_is_said()
    {
        Assert.Equal((0, 100), await SearchAsync(100, most: 50));
        Assert.Equal([100], _tried);
    }

    [Fact]
    public async Task It_ends_where_nothing_is_too_much() =>
        Assert.Equal((5_120_000, null), await SearchAsync(10_000, most: int.MaxValue));

    private Task<(int Carried, int? NotCarried)> SearchAsync(int first, int most) => new HighestSearch(load =>
    {
        _tried.Add(load);
        return Task.FromResult(load <= most);
    }).RunAsync(first);
}
