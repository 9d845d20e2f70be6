package latencyscope.bpf.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.bpf.error.MissingLibraryException;

/**
 * Binds the functions of one shared library, and remembers what it could not find.
 *
 * <p>Binding happens in static initializers, where an exception would come out as a {@link
 * NoClassDefFoundError} that says nothing: so a missing function is null here, and {@link #require}
 * says which before the first call.
 */
public final class NativeLibrary {
  private final String name;
  private final String debianPackage;
  private final SymbolLookup lookup;
  private final List<String> missing = new ArrayList<>();

  private NativeLibrary(String name, String debianPackage, SymbolLookup lookup) {
    this.name = name;
    this.debianPackage = debianPackage;
    this.lookup = lookup;
  }

  /** Opens a library by its soname, for the life of the process. */
  @SuppressWarnings("restricted")
  public static NativeLibrary open(String soname, String debianPackage) {
    SymbolLookup lookup;
    try {
      lookup = SymbolLookup.libraryLookup(soname, Arena.global());
    } catch (IllegalArgumentException absent) {
      lookup = null;
    }
    return new NativeLibrary(soname, debianPackage, lookup);
  }

  /** The C library, which every process has already. */
  static NativeLibrary standard() {
    return new NativeLibrary("libc", "libc6", Linker.nativeLinker().defaultLookup());
  }

  public NativeFunction bind(String function) {
    Optional<NativeFunction> found =
        Optional.ofNullable(lookup)
            .flatMap(library -> library.find(function))
            .map(NativeFunction::new);
    if (found.isEmpty()) {
      missing.add(function);
    }
    return found.orElse(null);
  }

  public void require() throws MissingLibraryException {
    if (lookup == null) {
      throw new MissingLibraryException("the library " + name + " is not installed", debianPackage);
    }
    if (!missing.isEmpty()) {
      throw new MissingLibraryException(
          "the library " + name + " is too old: it lacks " + String.join(", ", missing),
          debianPackage);
    }
  }
}
